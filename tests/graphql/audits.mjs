// Runs the audits of GraphQL over HTTP against the address given, and prints each with its outcome as JSON.
import { createRequire } from 'node:module';

const [, , packages, url, authorization] = process.argv;
const { auditServer } = createRequire(packages + '/')('graphql-http');
const fetchFn = (input, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set('authorization', authorization);
  return fetch(input, { ...init, headers });
};
const results = await auditServer({ url, fetchFn });
console.log(
  JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason: reason && String(reason) }))),
);
