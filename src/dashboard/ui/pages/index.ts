import { Page as Overview } from './overview/page.ts'
import type { PageEntry } from './page.ts'

// All pages but the first one are one file, which compresses better than a file each.
const other = (name: keyof typeof import('./others.ts')) => async () => ({ Page: (await import('./others.ts'))[name] })

/** All pages, in the order of the navigation; the first one is shown when the address names none. */
export const PAGES: readonly PageEntry[] = [
  {
    name: 'overview',
    title: 'Overview',
    letter: 'o',
    group: 'operations',
    topics: ['instances', 'storage', 'activity'],
    load: async () => ({ Page: Overview }),
  },
  {
    name: 'incidents',
    title: 'Incidents',
    letter: 'i',
    group: 'operations',
    topics: [],
    load: other('Incidents'),
  },
  {
    name: 'alerts',
    title: 'Alerts',
    letter: 'a',
    group: 'operations',
    topics: ['pending', 'rules', 'silences'],
    load: other('Alerts'),
  },
  {
    name: 'performance',
    title: 'Performance',
    letter: 'e',
    group: 'operations',
    topics: [],
    load: other('Performance'),
  },
  {
    name: 'activity',
    title: 'Activity',
    letter: 'y',
    group: 'operations',
    topics: ['activity'],
    load: other('Activity'),
  },
  {
    name: 'projections',
    title: 'Projections',
    letter: 'p',
    group: 'store',
    topics: (path) => (path.length > 1 ? ['projections', 'ranges'] : ['projections']),
    load: other('Projections'),
  },
  {
    name: 'parked',
    title: 'Parked',
    letter: 'k',
    group: 'store',
    topics: ['parked', 'projections'],
    load: other('Parked'),
  },
  {
    name: 'streams',
    title: 'Streams',
    letter: 's',
    group: 'store',
    topics: (path) => (path.length === 0 ? ['recent'] : []),
    load: other('Streams'),
  },
  {
    name: 'storage',
    title: 'Storage',
    letter: 't',
    group: 'store',
    topics: ['storage', 'instances'],
    load: other('Storage'),
  },
  {
    name: 'integrity',
    title: 'Integrity',
    letter: 'n',
    group: 'store',
    topics: ['integrity'],
    isUsed: (pages) => pages.integrity,
    load: other('Integrity'),
  },
  {
    name: 'privacy',
    title: 'Privacy',
    letter: 'v',
    group: 'store',
    topics: ['privacy'],
    isUsed: (pages) => pages.privacy,
    load: other('Privacy'),
  },
  {
    name: 'rules',
    title: 'Rules and groups',
    letter: 'r',
    group: 'store',
    topics: ['domainRules', 'projections'],
    isUsed: (pages) => pages.rules || pages.groups,
    load: other('Rules'),
  },
]
