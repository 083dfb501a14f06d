import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core';

const SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", "DejaVu Sans", sans-serif';

/** One accent; everything else is grey or carries a meaning. */
const accent: MantineColorsTuple = [
  '#eaf2fb', '#d3e2f4', '#a6c5e8', '#7fb4f2', '#5491d4', '#3a7cc4', '#2a6cb6', '#1f5fa8', '#184f8f', '#113e73',
];

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 5 },
  colors: { accent },
  fontFamily: SANS,
  headings: { fontFamily: SANS },
  defaultRadius: 6,
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** Mantine's surfaces take the dashboard's tokens, so that both are one look. */
export const cssVariables: CSSVariablesResolver = () => {
  const surfaces = {
    '--mantine-color-body': 'var(--panel)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-dimmed': 'var(--dim)',
    '--mantine-color-default-border': 'var(--line)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-placeholder': 'var(--dim)',
  };
  return { variables: {}, light: surfaces, dark: surfaces };
};
