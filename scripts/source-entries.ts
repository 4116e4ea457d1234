type Package = {
  readonly name: string
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>
}

/** The names under which the package can be imported, each with the source file that it is built from. */
export function sourceEntries(packageJson: string): Record<string, string> {
  const { name, exports } = JSON.parse(packageJson) as Package
  return Object.fromEntries(
    Object.entries(exports).flatMap(([path, target]) => {
      if (typeof target === 'string') return []
      return [[name + path.slice(1), target.default.replace(/^\.\/dist\/(.*)\.js$/, './src/$1.ts')]]
    }),
  )
}
