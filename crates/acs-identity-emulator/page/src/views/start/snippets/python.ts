import { known, lines, literal, type Language } from './snippet';

export const python: Language = {
  name: 'python',
  title: 'Python',
  file: 'create_user.py',
  comment: '#',
  program: ({ connectionString, bundle, before }) =>
    lines(
      '# pip install azure-communication-identity',
      known(before, (command) => [`# ${command}`]),
      '# python create_user.py',
      known(bundle, () => ['import os', '']),
      'from azure.communication.identity import CommunicationIdentityClient, CommunicationTokenScope',
      '',
      known(bundle, (path) => [
        '# Only for the emulator: trust its certificate.',
        `os.environ["REQUESTS_CA_BUNDLE"] = ${literal(path)}`,
        '',
      ]),
      'client = CommunicationIdentityClient.from_connection_string(',
      `    ${literal(connectionString)}`,
      ')',
      'user, token = client.create_user_and_token([CommunicationTokenScope.CHAT])',
      'print("User:", user.raw_id)',
      'print("Token:", token.token)',
    ),
};
