// For what the emulator accepts Entra tokens, with the audience and the permissions that each needs.

export type Purpose = 'teamsUser' | 'teamsExtension' | 'entraUser' | 'management';

export const PURPOSES: Record<Purpose, { text: string; hint: string; aud: string; scopes: string }> = {
  teamsUser: {
    text: 'Token of a Teams user, to exchange',
    hint: 'get_token_for_teams_user exchanges it for an access token. User and application must be those of the exchange.',
    aud: 'https://auth.msft.communication.azure.com',
    scopes: 'Teams.ManageCalls Teams.ManageChats',
  },
  teamsExtension: {
    text: 'Token of a Teams extension user, to exchange',
    hint: 'Needs an assignment of the user and the application to the resource.',
    aud: 'https://auth.msft.communication.azure.com',
    scopes: 'TeamsExtension.ManageCalls',
  },
  entraUser: {
    text: 'Token of an Entra user, to exchange',
    hint: 'Needs an assignment of the user and the application to the resource.',
    aud: 'https://communication.azure.com/clients',
    scopes: 'VoIP',
  },
  management: {
    text: 'Token for calls of the service, instead of an access key',
    hint: 'Sent in the header authorization, with the word Bearer.',
    aud: 'https://communication.azure.com/',
    scopes: 'user_impersonation',
  },
};
