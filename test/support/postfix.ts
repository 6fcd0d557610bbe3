/** Postfix as a mail server of its own, in a folder and on a port of its own; Debian's own instance is left alone. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { freePort } from '../../src/embedded/ports.ts';
import { needsTool } from './needs.ts';

export interface Postfix {
  /** `smtp://127.0.0.1:2525` */
  readonly url: string;
  /** Everything it logged so far. */
  log(): string;
  stop(): Promise<void>;
}

export interface PostfixWish {
  /** It delivers mails of this domain itself, and knows no mailbox there. */
  readonly domain: string;
  /** Where mails to this address go on to, by SMTP on loopback. */
  readonly forward: { readonly address: string; readonly port: number };
}

/** Skips the test and gives false where Postfix is missing, or may not be started: its master is for root only. */
export function needsPostfix(t: TestContext): boolean {
  if (!needsTool(t, 'postfix')) return false;
  const isRoot = process.getuid?.() === 0;
  if (!isRoot) t.skip('needs root, which alone may start Postfix');
  return isRoot;
}

/** Starts it, and returns once it takes mails. Throws with what it says when it does not come up. */
export async function startPostfix({ domain, forward }: PostfixWish): Promise<Postfix> {
  const folder = mkdtempSync(join(tmpdir(), 'postfix-'));
  const port = await freePort();
  prepare(folder, settingsOf(folder, domain, forward), servicesOf(port));
  const log = () => (existsSync(logOf(folder)) ? readFileSync(logOf(folder), 'utf8') : '');
  const stop = async () => {
    await control(folder, 'stop');
    rmSync(folder, { recursive: true, force: true });
  };
  const said = await control(folder, 'start');
  if (said !== undefined) {
    const reason = `Postfix did not start: ${said}${log()}`;
    await stop();
    throw new Error(reason);
  }
  return { url: `smtp://127.0.0.1:${port}`, log, stop };
}

const logOf = (folder: string) => join(folder, 'mail.log');

/** Gives what it says where it fails. Its master goes on by itself, and keeps open what it is given. */
async function control(folder: string, command: 'start' | 'stop'): Promise<string | undefined> {
  const words = join(folder, 'words');
  const to = openSync(words, 'w');
  const child = spawn('postfix', ['-c', join(folder, 'etc'), command], { stdio: ['ignore', to, to] });
  closeSync(to);
  const [status] = await once(child, 'exit');
  return status === 0 ? undefined : readFileSync(words, 'utf8');
}

/** Its queue is root's, its data are those of the user it runs as; both have to be able to come by. */
function prepare(folder: string, settings: string, services: string): void {
  chmodSync(folder, 0o755);
  for (const name of ['etc', 'spool', 'data']) mkdirSync(join(folder, name), { mode: 0o755 });
  const uid = Number(spawnSync('id', ['-u', 'postfix'], { encoding: 'utf8' }).stdout);
  chownSync(join(folder, 'data'), uid, 0);
  writeFileSync(join(folder, 'etc', 'main.cf'), settings);
  writeFileSync(join(folder, 'etc', 'master.cf'), services);
}

function settingsOf(folder: string, domain: string, { address, port }: PostfixWish['forward']): string {
  const settings = {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'spool'),
    data_directory: join(folder, 'data'),
    maillog_file: logOf(folder),
    maillog_file_prefixes: folder,
    inet_interfaces: '127.0.0.1',
    inet_protocols: 'ipv4',
    myhostname: 'mx.example.net',
    mydestination: '',
    mynetworks: '127.0.0.0/8',
    // No name is looked up outside this machine.
    smtp_dns_support_level: 'disabled',
    smtp_host_lookup: 'native',
    alias_maps: '',
    local_recipient_maps: '',
    // It takes the mail and finds out later that nobody is there, as a mail server on the way does.
    smtpd_reject_unlisted_recipient: 'no',
    virtual_mailbox_domains: domain,
    virtual_mailbox_base: folder,
    virtual_mailbox_maps: `inline:{somebody@${domain}=somebody}`,
    virtual_uid_maps: 'static:65534',
    virtual_gid_maps: 'static:65534',
    transport_maps: `inline:{${address}=smtp:[127.0.0.1]:${port}}`,
    notify_classes: '',
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join('');
}

/** Nothing here runs in a chroot, and only the one port is listened on. */
function servicesOf(port: number): string {
  return [
    `127.0.0.1:${port} inet n - n - - smtpd`,
    'cleanup unix n - n - 0 cleanup',
    'qmgr unix n - n 300 1 qmgr',
    'rewrite unix - - n - - trivial-rewrite',
    'bounce unix - - n - 0 bounce',
    'defer unix - - n - 0 bounce',
    'trace unix - - n - 0 bounce',
    'verify unix - - n - 1 verify',
    'flush unix n - n 1000? 0 flush',
    'proxymap unix - - n - - proxymap',
    'smtp unix - - n - - smtp',
    'error unix - - n - - error',
    'retry unix - - n - - error',
    'virtual unix - n n - - virtual',
    'anvil unix - - n - 1 anvil',
    'scache unix - - n - 1 scache',
    'postlog unix-dgram n - n - 1 postlogd',
    '',
  ].join('\n');
}
