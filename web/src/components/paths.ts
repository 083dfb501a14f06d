/** Every address of the dashboard in one place. */
export const paths = {
  models: '/',
  model: (id: string, tab = 'trust') => `/models/${encodeURIComponent(id)}/${tab}`,
  evaluation: (id: string) => `/evaluations/${encodeURIComponent(id)}`,
  alerts: '/alerts',
  alert: (id: string) => `/alerts?alert=${encodeURIComponent(id)}`,
  audit: '/audit',
  auditEntry: (position: string) => `/audit?entry=${position}`,
  welcome: '/welcome',
  sendTo: (modelId: string) => `/welcome?model=${encodeURIComponent(modelId)}`,
  signIn: '/sign-in',
  signUp: '/sign-up',
  forgotten: '/forgotten',
  profile: (tab = 'name') => `/profile/${tab}`,
  settings: '/settings',
  organization: (id: string, tab = 'general') => `/settings/organizations/${encodeURIComponent(id)}/${tab}`,
  project: (id: string, tab = 'general') => `/settings/projects/${encodeURIComponent(id)}/${tab}`,
} as const;
