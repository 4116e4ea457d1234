import { simulateSeeds } from './simulate-seeds.ts'

simulateSeeds(100)
