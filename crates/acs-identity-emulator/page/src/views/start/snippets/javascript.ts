import { known, lines, literal, type Language } from './snippet';

export const javascript: Language = {
  name: 'javascript',
  title: 'JavaScript',
  file: 'create-user.mjs',
  comment: '//',
  program: ({ connectionString, certificate, before }) =>
    lines(
      '// npm install @azure/communication-identity',
      known(before, (command) => [`// ${command}`]),
      '// node create-user.mjs',
      known(certificate, () => ["import { readFileSync } from 'node:fs';"]),
      "import { CommunicationIdentityClient } from '@azure/communication-identity';",
      '',
      'const client = new CommunicationIdentityClient(',
      `  ${literal(connectionString)},`,
      known(certificate, (path) => [
        '  // Only for the emulator: trust its certificate.',
        `  { tlsOptions: { ca: readFileSync(${literal(path)}) } },`,
      ]),
      ');',
      "const { user, token } = await client.createUserAndToken(['chat']);",
      "console.log('User:', user.communicationUserId);",
      "console.log('Token:', token);",
    ),
};
