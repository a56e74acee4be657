import { known, lines, literal, type Language } from './snippet';

const REPOSITORY = 'https://github.com/acs-identity/az-communication';

export const rust: Language = {
  name: 'rust',
  title: 'Rust',
  file: 'src/main.rs',
  comment: '//',
  program: ({ connectionString, certificate, before }) =>
    lines(
      '// cargo new create-user && cd create-user. Save this as src/main.rs. In Cargo.toml:',
      '//',
      '// [dependencies]',
      `// acs-identity = { git = "${REPOSITORY}" }`,
      known(certificate, () => [
        '// azure_core = "1.1"',
        '// reqwest = { version = "0.13", default-features = false, features = ["rustls"] }',
      ]),
      '// tokio = { version = "1", features = ["macros", "rt-multi-thread"] }',
      '//',
      known(before, (command) => [`// ${command}`]),
      '// cargo run',
      'use acs_identity::models::TokenScope;',
      certificate === null
        ? 'use acs_identity::{CommunicationIdentityClient, CommunicationIdentityClientExt as _};'
        : [
            'use acs_identity::{',
            '    CommunicationIdentityClient, CommunicationIdentityClientExt as _, CommunicationIdentityClientOptions,',
            '};',
            'use azure_core::http::Transport;',
          ],
      '',
      '#[tokio::main]',
      'async fn main() -> Result<(), Box<dyn std::error::Error>> {',
      known(certificate, (path) => [
        '    // Only for the emulator: trust its certificate.',
        `    let authority = reqwest::Certificate::from_pem(&std::fs::read(${literal(path)})?)?;`,
        '    let http = reqwest::Client::builder().add_root_certificate(authority).build()?;',
        '    let mut options = CommunicationIdentityClientOptions::default();',
        '    options.client_options.transport = Some(Transport::new(std::sync::Arc::new(http)));',
        '',
      ]),
      '    let client = CommunicationIdentityClient::with_connection_string(',
      `        ${literal(connectionString)},`,
      `        ${certificate === null ? 'None' : 'Some(options)'},`,
      '    )?;',
      '    let (user, token) = client.create_user_and_token(&[TokenScope::Chat], None).await?;',
      '    println!("User: {user}");',
      '    println!("Token: {}", token.token.secret());',
      '    Ok(())',
      '}',
    ),
};
