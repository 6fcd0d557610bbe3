/** Pages of ours that the issuer leads people back to; registered there, so that they are known outside the pages as well. */

/** Where people come back to with the answer to their login (redirect URI, OpenID Connect Core 1.0 §3.1.2.1). */
export const LOGIN_CALLBACK_PATH = '/login/callback';

/** Where people come back to after logging out (OpenID Connect RP-Initiated Logout 1.0 §3). */
export const AFTER_LOGOUT_PATH = '/goodbye';
