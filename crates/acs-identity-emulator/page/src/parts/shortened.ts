/** Raw ids, also with the percent-encoding of a path. All those of a resource begin alike. */
const RAW_IDS = /8(?::|%3a)[a-z]+(?::|%3a)[\da-f-]{36}_[\da-f-]{23}-([\da-f]{12})(?![\da-f])/gi;

/** Returns a text with the raw ids in it as `…611e72aa752c`, for rows without room. */
export function shortened(text: string): string {
  return text.replace(RAW_IDS, '…$1');
}
