/** A postal address in Belgium, in its parts. */

/** Parts as Belgif's location schemas have them; `municipality` is a NIS code, or a name as it is to be written. */
export interface Address {
  readonly street: string;
  readonly houseNumber?: string;
  readonly boxNumber?: string;
  readonly postCode: string;
  readonly municipality: string;
}
