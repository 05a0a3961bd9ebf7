// As little as an ES module can be: what Node takes to start one.
export const nothing = undefined
