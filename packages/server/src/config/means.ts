/** What a member means, in both languages; the JSON Schema has both, the pages of the configuration one each. */
export function means(en: string, zh: string): { description: string; "x-description-zh": string } {
  return { description: en, "x-description-zh": zh }
}
