import { BLOCKING_CODES } from '../src/domain/anomaly.ts';
import { countUnseen, keepForecast } from '../src/database/batch-forecasts.ts';
import { createTestDatabase } from './support/database.ts';
const test = await createTestDatabase();
const N = 1_000_000;
await test.database.transaction(async (c) => {
  await c.query('set local session_replication_role = replica'); await c.query("set local statement_timeout = '300s'");
  await c.query(`insert into person (person_id, ssin_ciphertext, family_name, given_name, key_version, has_ebox) select uuidv7(), 'x', 'P', 'N', 1, n % 9 > 0 from generate_series(1, ${N}) n`);
  await c.query(`insert into domicile select person_id, '24062', '2000-01-01' from person`);
  for (const id of ['01935b1e-7c00-7000-8000-000000000001','01935b1e-7c00-7000-8000-000000000002'])
    await c.query(`insert into batch_row (batch_id, row_number, body, anomalies, state, foreseen_cases, case_id)
      select '${id}', row_number() over (), '', '{}', 'checked', array['quarantine/' || person_id || '/employer=01935b1e-7c00-7000-8000-000000000009/month=2021-03'], case when '${id}' like '%2' then 'quarantine/' || person_id || '/employer=x/month=2021-02' end from person`);
});
console.log('filled');
for (const [name, work] of [['forecast', (c: any) => keepForecast(c, '01935b1e-7c00-7000-8000-000000000001', BLOCKING_CODES)], ['unseen', (c: any) => countUnseen(c, '01935b1e-7c00-7000-8000-000000000001', '01935b1e-7c00-7000-8000-000000000002')]] as const) {
  const t = performance.now();
  const r = await test.database.transaction(async (c) => { await c.query('set local session_replication_role = replica'); return work(c); }).catch((e: any) => `FAILED ${e.message} ${e.cause?.message}`);
  console.log(name, Math.round(performance.now() - t), 'ms', r ?? '');
}
await test.drop();
