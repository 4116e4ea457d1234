/** The ids of the streams of a category lie from `min` inclusive to `max` exclusive, in the order of code points. */
export type CategoryIds = { readonly min: string; readonly max: string }

/** Where the ids of a category's streams lie; undefined for a text that is the category of none. */
export const categoryIds = (category: string): CategoryIds | undefined =>
  // The character that follows the colon.
  category.includes(':') ? undefined : { min: `${category}:`, max: `${category};` }
