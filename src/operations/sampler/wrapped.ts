/** An object whose members are replaced by others; the rest is passed on. */
export const overriding = <T extends object>(target: T, members: Partial<T>): T =>
  new Proxy(target, {
    get: (_, name) => Reflect.get(Object.hasOwn(members, name) ? members : target, name),
  })

/** An object that counts the calls of its functions, except those that only wait for a change. */
export const counting = <T extends object>(target: T, count: () => void): T =>
  new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function' || name === 'changed') return member
      return (...parameters: unknown[]) => {
        count()
        return Reflect.apply(member, target, parameters)
      }
    },
  })
