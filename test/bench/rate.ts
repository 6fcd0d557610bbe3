/** How many documents a second of one core makes, whatever else the machine does meanwhile: OpenSSL counts so too. */

/** Makes one document and gives its bytes. */
export type Make = (number: number) => Promise<Buffer>;

/** Documents in a second of processor time, and the bytes of the last. */
export interface Rate {
  readonly rate: number;
  readonly size: number;
}

/** Makes documents for so many seconds of processor time. */
export async function measureRate(make: Make, seconds: number): Promise<Rate> {
  const before = process.cpuUsage();
  const spent = () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  let made = 0;
  let size = 0;
  for (; spent() < seconds; made += 1) size = (await make(made + 1)).length;
  return { rate: made / spent(), size };
}
