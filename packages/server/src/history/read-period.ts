/** A query with its times as milliseconds since 1970. `from` and `to` are RFC 3339, as the schema has checked. */
export function readPeriod<Query extends { from?: string; to?: string }>(query: Query) {
  const { from, to, ...rest } = query
  return {
    ...rest,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  }
}
