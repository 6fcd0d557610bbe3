import assert from 'node:assert/strict';
import { it } from 'node:test';
import { followCourse } from './course.ts';

/** The paces told of a batch of so many rows that ended, one tenth after the other. */
function tenthsOf(rows: number): readonly number[] {
  const course = followCourse(rows);
  for (let tenth = 0; tenth <= 10; tenth += 1)
    course.note({
      state: 'running',
      startedAt: new Date(0),
      checked: rows,
      progress: { ended: (rows * tenth) / 10 },
    });
  return course.tenths();
}

it('tells the pace of each tenth of a large batch, and of a small one none', () => {
  assert.equal(tenthsOf(20_000).length, 10);
  assert.deepEqual(tenthsOf(19_990), []);
});
