/** A count of 0 for each of the words. */
export const zeroCounts = <Word extends string>(words: readonly Word[]): Record<Word, number> =>
  Object.fromEntries(words.map((word) => [word, 0])) as Record<Word, number>
