// A rule as the form has it: all numbers are texts, as the user writes them.

export const ANSWERS = [
  { value: 'usual', text: 'As usual' },
  { value: 'error', text: 'An error' },
  { value: 'before', text: 'Cut before the work' },
  { value: 'after', text: 'Cut after the work' },
  { value: 'truncate', text: 'A cut body' },
] as const;

export type Answer = (typeof ANSWERS)[number]['value'];

export interface Draft {
  operations: readonly string[];
  method: string;
  path: string;
  identity: string;
  every: string;
  probability: string;
  seed: string;
  includeUnauthenticated: boolean;
  answer: Answer;
  status: string;
  code: string;
  message: string;
  retryAfter: string;
  truncateBodyAt: string;
  delayMilliseconds: string;
  tokenExpiresInSeconds: string;
  shiftSeconds: string;
  times: string;
  until: string;
}

const NOTHING: Draft = {
  operations: [],
  method: '',
  path: '',
  identity: '',
  every: '',
  probability: '',
  seed: '',
  includeUnauthenticated: false,
  answer: 'usual',
  status: '',
  code: '',
  message: '',
  retryAfter: '',
  truncateBodyAt: '',
  delayMilliseconds: '',
  tokenExpiresInSeconds: '',
  shiftSeconds: '',
  times: '',
  until: '',
};

export const FIRST: Draft = { ...NOTHING, answer: 'error', status: '500' };

export const PRESETS: readonly { name: string; draft: Partial<Draft> }[] = [
  {
    name: 'Throttled: 429 three times',
    draft: { answer: 'error', status: '429', retryAfter: '1', times: '3' },
  },
  { name: 'Slow: 2 s', draft: { delayMilliseconds: '2000' } },
  { name: 'Cut before the work', draft: { answer: 'before', times: '1' } },
  { name: 'Cut after the work', draft: { answer: 'after', times: '1' } },
  { name: 'Expired tokens', draft: { tokenExpiresInSeconds: '-60' } },
  { name: '500 every third', draft: { answer: 'error', status: '500', every: '3' } },
];

/** Takes what a preset says. The requests that the user has chosen stay. */
export function withPreset(draft: Draft, preset: Partial<Draft>): Draft {
  const { operations, method, path, identity, includeUnauthenticated } = draft;
  return { ...NOTHING, operations, method, path, identity, includeUnauthenticated, ...preset };
}

/** Returns the members of the rule. What is not a number goes as it is, and the emulator says what it should be. */
export function ruleOf(draft: Draft): Record<string, unknown> {
  const rule: Record<string, unknown> = {};
  const text = (name: keyof Draft & string) => {
    if (draft[name] !== '') rule[name] = draft[name];
  };
  const number = (name: keyof Draft & string) => {
    const written = String(draft[name]).trim().replace('−', '-');
    const value = Number(written);
    if (written !== '') rule[name] = isExact(value) ? value : written;
  };
  if (draft.operations.length > 0) rule['operation'] = draft.operations.join(',');
  (['method', 'path', 'identity'] as const).forEach(text);
  (['every', 'probability', 'seed'] as const).forEach(number);
  if (draft.answer === 'error') {
    (['status', 'retryAfter'] as const).forEach(number);
    (['code', 'message'] as const).forEach(text);
  }
  if (draft.answer === 'before' || draft.answer === 'after') rule['drop'] = draft.answer;
  if (draft.answer === 'truncate') number('truncateBodyAt');
  (['delayMilliseconds', 'tokenExpiresInSeconds', 'shiftSeconds', 'times'] as const).forEach(number);
  if (draft.includeUnauthenticated) rule['includeUnauthenticated'] = true;
  return rule;
}

function isExact(value: number): boolean {
  return Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value));
}
