import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import globals from 'globals';
import tseslint from 'typescript-eslint';

const FEATURES = ['accounts', 'tenancy', 'registry', 'trust', 'evaluations', 'alerts', 'audit', 'predictions', 'security'];

/** The rooms of src: app puts features together; features know no other feature; components and lib know neither. */
const zones = [
  ...FEATURES.map((name) => ({
    target: `./src/features/${name}`,
    from: './src/features',
    except: [`./${name}`],
    message: 'A feature imports no other feature; what both need belongs in components or lib.',
  })),
  { target: './src/features', from: './src/app', message: 'The app puts features together, not the other way.' },
  { target: './src/components', from: ['./src/app', './src/features'], message: 'Components know no feature.' },
  { target: './src/lib', from: ['./src/app', './src/features', './src/components'], message: 'lib is plain logic.' },
];

export default tseslint.config(
  { ignores: ['src/gql/', 'node_modules/', 'eslint.config.js'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  reactHooks.configs.flat['recommended-latest'],
  {
    languageOptions: {
      globals: globals.browser,
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { 'import-x': importX },
    settings: { 'import-x/resolver': { node: { extensions: ['.ts', '.tsx'] } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'max-lines': ['error', 300],
      'no-console': 'error',
      // Of the React compiler, which is not used here.
      'react-hooks/incompatible-library': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': 'off',
    },
  },
);
