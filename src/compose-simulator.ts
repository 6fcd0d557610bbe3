/** What simulator recipients do to the running service: they log in and read as people do, and their mail hosts report. */
import { join } from 'node:path';
import { tokenOfPerson } from './cli/token.ts';
import type { Composition } from './compose.ts';
import type { Config } from './config.ts';
import { ServiceError } from './errors.ts';
import { noteBounce } from './workflows/bounce.ts';

/** Has the recipients act, where there are any: with the embedded login and the embedded mail server only. */
export function beginSimulator({ services, parts }: Composition, config: Config, url: string): void {
  const login = { issuer: parts.issuer, folder: join(config.dataDir, 'login'), publicUrl: url };
  parts.simulator?.begin({
    read: async (personId) => openUnread(url, await tokenOfPerson(login, personId, 'ebox:consult')),
    bounce: async (report) => void (await noteBounce(services, url, report)),
  });
}

interface Listed {
  readonly items: readonly {
    readonly attachments: {
      readonly items: readonly { readonly mainContent: boolean; readonly contentHref: string }[];
    };
  }[];
}

async function openUnread(url: string, token: string): Promise<void> {
  const get = async (address: string) => {
    const answer = await fetch(address, { headers: { authorization: `Bearer ${token}` } });
    if (answer.ok) return answer;
    throw new ServiceError('remoteUnavailable', `the service answered a recipient with ${answer.status}`);
  };
  const list = await get(`${url}/ebox/citizen/v2/ebox/messages?readStatus=false`);
  // Our own registry answers as its contract says.
  const { items } = (await list.json()) as Listed;
  for (const { contentHref } of items.flatMap(({ attachments }) =>
    attachments.items.filter(({ mainContent }) => mainContent),
  ))
    await (await get(contentHref)).arrayBuffer();
}
