/** An object with a count of 0 for each word. */
export const zeroCounts = <Word extends string>(words: readonly Word[]): Record<Word, number> =>
  Object.fromEntries(words.map((word) => [word, 0])) as Record<Word, number>
