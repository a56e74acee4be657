// What the names in tokens mean.

export const HEADER: Record<string, string> = {
  alg: 'How the token is signed.',
  kid: 'The id of the key that signed it.',
  typ: 'What it is: a JSON Web Token.',
  x5t: 'The fingerprint of the certificate of the key that signed it.',
};

const COMMON: Record<string, string> = {
  exp: 'When it expires.',
  iat: 'When it was issued.',
  nbf: 'Before this time, it is not valid.',
  tid: 'The tenant of the user.',
};

export const ACCESS: Record<string, string> = {
  skypeid: 'The identity: its raw id without “8:” at the beginning.',
  ...COMMON,
  scp: 'A fixed number: 1792 for users of the resource, 1024 for Teams users. The scopes are in acsScope.',
  csi: 'When the sign-in was, as a text: iat, or the iat of the Entra token of a Teams user.',
  rgn: 'The region of the resource.',
  acsScope: 'The scopes: what the token allows.',
  resourceId: 'The Communication Services resource that issued it. It is the first part of the raw id.',
  resourceLocation: 'Where the resource keeps its data.',
  revocation: 'Only in tokens of the emulator: the number of the last revocation before it was issued.',
  aad_iat: 'When the Entra token was issued that was exchanged for it.',
  aad_uti: 'The id of the Entra token that was exchanged for it.',
  aad_appid: 'The application of the Entra token that was exchanged for it.',
};

export const ENTRA: Record<string, string> = {
  ...COMMON,
  aud: 'The audience: for whom the token is meant.',
  iss: 'Who issued it.',
  appid: 'The application that it was issued to.',
  azp: 'The application that it was issued to.',
  appidacr: 'How the application has signed in: 0 without a secret, 1 with a secret, 2 with a certificate.',
  idtyp: 'Whose token it is: of a user, or of an application (app).',
  oid: 'The object id of the user or of the application.',
  scp: 'The permissions that the user gave to the application.',
  roles: 'The permissions of the application itself.',
  groups: 'The groups of the user.',
  sub: 'Whom it is about.',
  uti: 'The id of this token.',
  ver: 'The version of the form of these claims.',
  emulator_key:
    'Only in tokens of the emulator: the access key with which it was requested. It is no longer valid when that key is regenerated.',
  emulator_exp:
    'Only in tokens of the emulator: when it expires by the clock of the machine, which counts for calls of the service.',
};

/** Names whose values are times, in seconds since 1970. */
export const TIMES = new Set(['exp', 'iat', 'nbf', 'csi', 'aad_iat', 'auth_time', 'emulator_exp']);
