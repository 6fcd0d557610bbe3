/** Machines of a network as namespaces of this one (network_namespaces(7)), each with an address of its own on one bridge. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Network {
  /** Of this machine on the bridge. */
  readonly host: string;
  addressOf(machine: string): string;
  /** What a command is begun with that is to run there. */
  within(machine: string): readonly string[];
  /** Takes its cable away, or puts it back. */
  plug(machine: string, isPlugged: boolean): Promise<void>;
  remove(): Promise<void>;
}

/** A test network (RFC 5737, TEST-NET-2) that nothing else uses. */
const PREFIX = '198.51.100';

/** Sets one up; `reason` says why it cannot be. `tag`: up to five letters that tell its names from those of another run. */
export async function setUpNetwork(
  tag: string,
  machines: readonly string[],
): Promise<Network | { readonly reason: string }> {
  const bridge = `${tag}-br`;
  const host = `${PREFIX}.1`;
  const numberOf = (machine: string) => machines.indexOf(machine) + 2;
  const spaceOf = (machine: string) => `${tag}-${machine}`;
  const cableOf = (machine: string) => `${tag}-${numberOf(machine)}`;
  const addressOf = (machine: string) => `${PREFIX}.${numberOf(machine)}`;
  const remove = async () => {
    for (const machine of machines) await ip('netns', 'delete', spaceOf(machine)).catch(() => undefined);
    await ip('link', 'delete', bridge).catch(() => undefined);
  };
  const addMachine = async (machine: string) => {
    const space = spaceOf(machine);
    await ip('netns', 'add', space);
    await ip('link', 'add', cableOf(machine), 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
    await ip('link', 'set', cableOf(machine), 'master', bridge, 'up');
    await ip('-n', space, 'address', 'add', `${addressOf(machine)}/24`, 'dev', 'eth0');
    for (const device of ['lo', 'eth0']) await ip('-n', space, 'link', 'set', device, 'up');
  };
  try {
    await ip('link', 'add', bridge, 'type', 'bridge');
    await ip('address', 'add', `${host}/24`, 'dev', bridge);
    await ip('link', 'set', bridge, 'up');
    for (const machine of machines) await addMachine(machine);
  } catch (error) {
    await remove();
    return { reason: `needs iproute2 and the right to add namespaces: ${firstLine(error)}` };
  }
  return {
    host,
    addressOf,
    within: (machine) => ['ip', 'netns', 'exec', spaceOf(machine)],
    plug: async (machine, isPlugged) => {
      await ip('link', 'set', cableOf(machine), isPlugged ? 'up' : 'down');
    },
    remove,
  };
}

async function ip(...words: readonly string[]): Promise<void> {
  await run('ip', [...words]);
}

function firstLine(error: unknown): string {
  const { stderr = '', message = '' } = error as { readonly stderr?: string; readonly message?: string };
  return (stderr.trim() || message).split('\n')[0] ?? '';
}
