/**
 * What Equinox publishes of its Cosmos store, in request units: what its own tests against a live account measured, as
 * they stand in jet/equinox at commit 9c8e8a7 (2026-05-01), tests/Equinox.CosmosStore.Integration/CosmosCoreIntegration.fs,
 * and the 304 in its DOCUMENTATION.md. Its events are smaller than ours, share a document, and are indexed otherwise.
 */
const EQUINOX = {
  appendOne: '23.7 to 26.4 with events in the tip, 36.0 to 39.4 without',
  appendFive: '41.4 for five events in the tip, 42.8 without',
  conflict: '9.9 to 11.9',
  query: '3.0 to 4.2 for a query of six events',
  absent: '1.38 for a point read of what is not there (404)',
  notModified: '1 for what has not changed (304)',
} as const

/** Such a figure in words. */
export const publishedByEquinox = (figure: keyof typeof EQUINOX): string =>
  `Equinox publishes, in RU: ${EQUINOX[figure]}`
