import { known, lines, literal, type Language } from './snippet';

export const dotnet: Language = {
  name: 'dotnet',
  title: '.NET',
  file: 'Program.cs',
  comment: '//',
  program: ({ connectionString, certificate, before }) =>
    lines(
      '// dotnet new console --name CreateUser && cd CreateUser',
      '// dotnet add package Azure.Communication.Identity',
      '// Save this as Program.cs.',
      known(before, (command) => [`// ${command}`]),
      '// dotnet run',
      'using Azure.Communication.Identity;',
      known(certificate, () => [
        'using Azure.Core.Pipeline;',
        'using System.Security.Cryptography.X509Certificates;',
      ]),
      '',
      'var options = new CommunicationIdentityClientOptions();',
      known(certificate, (path) => [
        '',
        '// Only for the emulator: trust its certificate.',
        'var policy = new X509ChainPolicy',
        '{',
        '    TrustMode = X509ChainTrustMode.CustomRootTrust,',
        '    RevocationMode = X509RevocationMode.NoCheck,',
        '};',
        `policy.CustomTrustStore.ImportFromPemFile(${literal(path)});`,
        'var handler = new SocketsHttpHandler();',
        'handler.SslOptions.CertificateChainPolicy = policy;',
        'options.Transport = new HttpClientTransport(new HttpClient(handler));',
        '',
      ]),
      'var client = new CommunicationIdentityClient(',
      `    ${literal(connectionString)},`,
      '    options);',
      'var created = await client.CreateUserAndTokenAsync([CommunicationTokenScope.Chat]);',
      'Console.WriteLine($"User: {created.Value.User.Id}");',
      'Console.WriteLine($"Token: {created.Value.AccessToken.Token}");',
    ),
};
