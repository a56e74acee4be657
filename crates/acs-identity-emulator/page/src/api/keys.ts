import { call } from './client';

export interface AccessKeys {
  primaryKey: string;
  secondaryKey: string;
  primaryConnectionString: string;
  secondaryConnectionString: string;
}

export const listKeys = (signal?: AbortSignal) => call<AccessKeys>('POST', 'list-keys', signal ? { signal } : {});
