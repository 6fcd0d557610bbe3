/** A PKCS#11 module (OASIS PKCS#11 v2.40): the maker's library for a token, loaded once in a process and started anew when it must be. */
import type * as Pkcs11 from 'pkcs11js';
import { describeError, ServiceError } from '../errors.ts';

/** Names and calls of the interface. */
type Library = typeof Pkcs11;

/** One loaded module. Its state belongs to the process: each file is loaded once, however many keys it serves. */
export class TokenModule {
  readonly names: Library;
  readonly calls: Pkcs11.PKCS11;
  /** Grows with each new start of the module: handles of an earlier one are void, though their numbers may come again. */
  generation = 0;
  #underWay = 0;

  constructor(names: Library, path: string) {
    this.names = names;
    this.calls = new names.PKCS11();
    this.calls.load(path);
    this.#initialize();
  }

  /** Counts a call that runs on another thread: the module is not stopped beneath it. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    this.#underWay += 1;
    try {
      return await call();
    } finally {
      this.#underWay -= 1;
    }
  }

  /** Starts the module anew, which some need to see a token that came back; gives false while calls are under way. */
  restart(): boolean {
    if (this.#underWay > 0) return false;
    this.generation += 1;
    this.calls.C_Finalize();
    this.#initialize();
    return true;
  }

  /** Without locking by the operating system, calls from several threads would end in a crash of the process. */
  #initialize(): void {
    this.calls.C_Initialize({ flags: this.names.CKF_OS_LOCKING_OK });
  }
}

const modules = new Map<string, TokenModule>();

/** Loads a module, or gives the one already loaded. Throws `keyUnfit` when `pkcs11js` or the module's file is missing or unusable. */
export async function openModule(purpose: string, path: string): Promise<TokenModule> {
  const known = modules.get(path);
  if (known !== undefined) return known;
  const library = await loadLibrary(purpose);
  try {
    // Another key may have loaded it meanwhile.
    const module = modules.get(path) ?? new TokenModule(library, path);
    modules.set(path, module);
    return module;
  } catch (cause) {
    const reason = `the PKCS#11 module ${path} cannot be used: ${describeError(cause)}`;
    throw new ServiceError('keyUnfit', `${purpose}: ${reason}`, { cause });
  }
}

/** The package is optional, because it is compiled where it is installed. */
async function loadLibrary(purpose: string): Promise<Library> {
  try {
    const { default: library } = (await import('pkcs11js')) as unknown as { readonly default: Library };
    return library;
  } catch (cause) {
    throw new ServiceError(
      'keyUnfit',
      `${purpose}: a key in a PKCS#11 token needs the package pkcs11js, which is not installed here`,
      { cause },
    );
  }
}

/** Names the fault of a PKCS#11 call, such as `CKR_DEVICE_REMOVED`; undefined for what is no such fault. */
export function faultOf(error: unknown): string | undefined {
  return error instanceof Error && error.message.startsWith('CKR_') ? error.message : undefined;
}
