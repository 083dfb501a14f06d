/** The nonce of this page's own answer: its content security policy lets no styles be written that don't name it. */
export function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

/** For the library that stops the page from scrolling beneath a dialog; it looks for its nonce under this name. */
export function tellStyleNonce(): void {
  Object.assign(window, { __webpack_nonce__: styleNonce() });
}
