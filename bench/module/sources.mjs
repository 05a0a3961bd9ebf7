/** Another version of a module's text, with functions behind it until it is so long. */
export function makeVersion(text, version, bytes = 0) {
  const parts = [text.replace(/version = \(\) => \d+/, `version = () => ${version}`)]
  let length = parts[0].length
  for (let index = 0; length < bytes; index++) {
    const part = makeFunction(`filler${index}`, version)
    parts.push(part)
    length += part.length
  }
  return parts.join('')
}

/** Some 400 bytes, as people write them. */
const makeFunction = (name, version) => `
/** Adds up what the orders of a customer come to. */
function ${name}(orders, { discount = 0, currency = 'EUR' } = {}) {
  const totals = new Map()
  for (const { customer, items } of orders) {
    const sum = items.reduce((total, { price, count }) => total + price * count, 0)
    if (sum > 0) totals.set(customer, (totals.get(customer) ?? 0) + sum * (1 - discount))
  }
  return [...totals].map(([customer, sum]) => \`\${customer}: \${sum.toFixed(2)} \${currency}, version ${version}\`)
}
`
