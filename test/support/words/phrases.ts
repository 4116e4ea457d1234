/** A phrase that is not idiomatic, or not the name of an idea, and what to write instead. */
export type Phrase = { readonly pattern: RegExp; readonly better: string }

/**
 * Phrases that a native-speaking engineer would not write. Each pattern is narrow enough to leave ordinary English
 * alone: a slot may "stand for" a partition, and a page may "answer the question". "Nobody" is on the list because a
 * sentence about software should name the part that does not act.
 */
export const PHRASES: readonly Phrase[] = [
  {
    pattern: /\banswers (?:a|an|the|with|what|whether|its|nothing|null|undefined)\b(?! question)/,
    better: 'returns, or responds with',
  },
  { pattern: /\b(?:is|are|was|were) answered (?:with|by)\b/, better: 'gets … in response' },
  { pattern: /\b(?:is|are) told(?! (?:to|that|apart)\b)/, better: 'is notified, is reported, is called with' },
  { pattern: /\btold apart\b/, better: 'distinguished; for metrics, attributes' },
  { pattern: /\b[Ss]omebody\b/, better: 'another process, another writer, an operator' },
  { pattern: /\b[Nn]obody(?:'s)?\b/, better: 'no worker, no process, unowned' },
  { pattern: /\b[Ww]hoever\b/, better: 'the process, caller, worker or reader that …' },
  {
    pattern: /\bgo(?:es)? on(?= (?:where|with|from|as|by|in|until|and|behind|meanwhile|while|for|all)\b|[.,;:)]|$)/,
    better: 'continues, resumes',
  },
  { pattern: /\bviews? (?:that )?go(?:es)? back\b/, better: 'views regress' },
  { pattern: /\bmend(?:s|ed|ing)?\b/, better: 'fix' },
  { pattern: /(?<!\$)\bhusks?\b/, better: 'placeholder' },
  {
    pattern: /\bstands? (?:twice|there|by itself|in each other|behind the|still)\b/,
    better: 'appears twice, exists, is standalone, is paused',
  },
  {
    pattern: /\b(?:another|this|that|one|other) life of the log\b|\blife of the log\b/,
    better: 'incarnation of the log',
  },
  { pattern: /\blaps(?:e|es|ed|ing)\b/, better: 'expire' },
  { pattern: /\bpass(?:es|ed)? over\b/, better: 'skip, ignore' },
  { pattern: /\bcame second\b/, better: 'lost to another writer' },
  { pattern: /\bchance in them\b|\bgrowing pauses\b/, better: 'backoff with jitter' },
  { pattern: /\bin reserve\b|\bis (?:only )?a reserve\b/, better: 'standby' },
  { pattern: /\bwhat waits\b/, better: 'the pending events' },
  { pattern: /\bpage that comes (?:twice|again)\b/, better: 'redelivered page' },
  { pattern: /\b(?:give|gives|given|gave) (?:it|them|its leases?|a lease|leases?) up\b/, better: 'release' },
  { pattern: /\b(?:feed )?ranges? (?:that )?(?:is|are|was|were) cut\b/, better: 'a range is split' },
  { pattern: /\bmakes what\b/, better: 'creates, with the name of the thing' },
  { pattern: /\bproves it\b/, better: 'runs the tests' },
  { pattern: /(?<![Tt]here )\bis none(?! of)\b/, better: 'is invalid, does not exist' },
]
