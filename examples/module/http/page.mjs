export const renderPage = (title, requests) => `<h1>${title}</h1>\n<p>${requests} requests until now</p>\n`
