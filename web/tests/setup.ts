/* Nothing is shared between tests; happy-dom gives the browser's globals. */
export {};
