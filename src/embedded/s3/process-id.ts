/** Names this process so that another one on the same machine can tell whether it still lives. */
import { readFileSync } from 'node:fs';

/**
 * `<pid>-<start time>-<boot>`: the process id alone comes round again. Safe in a file name.
 * Processes that share a folder must share one machine and one process-id namespace; where there is no /proc, the
 * process id alone decides.
 */
export function ownProcessId(): string {
  return `${process.pid}-${startTime(process.pid) ?? '0'}-${bootId()}`;
}

/** Tells whether the process of that name still runs. An unreadable name belongs to nobody. */
export function isProcessAlive(id: string): boolean {
  const [, pid, start, boot] = /^(\d+)-(\d+)-([0-9a-z]+)$/.exec(id) ?? [];
  if (pid === undefined || boot !== bootId()) return false;
  if (start !== '0') return startTime(Number(pid)) === start;
  try {
    process.kill(Number(pid), 0);
    return true;
  } catch (error) {
    // EPERM: it lives, as another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The 22nd field of /proc/<pid>/stat, in clock ticks since boot (proc(5)); nothing for a process that is gone or a zombie. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the command in parentheses and may itself hold spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return /^[ZX]/.test(fields[0] ?? '') ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').slice(0, 8);
  } catch {
    return 'none';
  }
}
