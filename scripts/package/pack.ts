// Builds and packs the package into .package/tidemark.tgz, which checks and tests then share.
import { tarball } from './tarball.ts'

delete process.env.TIDEMARK_TARBALL
tarball(new URL('../../.package', import.meta.url).pathname)
