/** The parts of the site, and the pages of each, in the order in which they are read. */
export const SECTIONS: Readonly<Record<string, readonly string[]>> = {
  'Get started': ['tutorial', 'guides/choose-a-storage', 'glossary'],
  Write: [
    'guides/aggregates',
    'guides/add-an-event-type',
    'guides/metadata',
    'guides/periods',
    'guides/delete-a-stream',
    'guides/two-streams',
    'guides/http',
  ],
  'Read and react': [
    'guides/add-a-projection',
    'guides/query-views',
    'guides/change-a-projection',
    'guides/reactions',
    'guides/testing',
  ],
  Operate: [
    'guides/run-the-worker',
    'guides/parked-sequences',
    'guides/back-up-and-restore',
    'guides/move-to-another-storage',
  ],
  Databases: ['guides/cosmos', 'guides/mongo', 'guides/add-an-adapter'],
  'Coming from': ['guides/coming-from/emmett', 'guides/coming-from/kurrentdb', 'guides/coming-from/marten'],
  'The demo': ['reference/demo-api', 'guides/import-readings'],
  Reference: [
    'reference/cli',
    'reference/configuration',
    'reference/module-systems',
    'reference/errors',
    'reference/storage-contract',
    'reference/cosmos-emulator',
  ],
  Explanation: [
    'explanation/guarantees',
    'explanation/order-and-partitions',
    'explanation/scale',
    'explanation/benchmarks',
    'explanation/simulator',
  ],
}
