import { lazy, Suspense, type ComponentType } from 'react';
import { Navigate, Outlet, Route, Routes, useLocation, useParams } from 'react-router';
import { Broken } from '../components/Broken';
import { LoadingBlock } from '../components/states';
import { SignInPage } from '../features/accounts/SignInPage';
import { useSession } from '../lib/session';
import { Shell } from './Shell';
import { OverviewPage } from './OverviewPage';

const ModelPage = lazy(async () => ({ default: (await import('./ModelPage')).ModelPage }));
const EvaluationPage = lazy(async () => ({ default: (await import('../features/evaluations/EvaluationPage')).EvaluationPage }));
const AlertsPage = lazy(async () => ({ default: (await import('../features/alerts/AlertsPage')).AlertsPage }));
const AuditPage = lazy(async () => ({ default: (await import('../features/audit/AuditPage')).AuditPage }));
const WelcomePage = lazy(async () => ({ default: (await import('../features/predictions/WelcomePage')).WelcomePage }));
const SignUpPage = lazy(async () => ({ default: (await import('../features/accounts/SignUpPage')).SignUpPage }));
const VerifyPage = lazy(async () => ({ default: (await import('../features/accounts/VerifyPage')).VerifyPage }));
const ForgottenPage = lazy(async () => ({ default: (await import('../features/accounts/ForgottenPage')).ForgottenPage }));
const ResetPage = lazy(async () => ({ default: (await import('../features/accounts/ResetPage')).ResetPage }));
const SettingsPage = lazy(async () => ({ default: (await import('../features/tenancy/SettingsPage')).SettingsPage }));
const OrganizationPage = lazy(async () => ({ default: (await import('./OrganizationPage')).OrganizationPage }));
const ProjectPage = lazy(async () => ({ default: (await import('./ProjectPage')).ProjectPage }));
const ProfilePage = lazy(async () => ({ default: (await import('./ProfilePage')).ProfilePage }));
const InvitationPage = lazy(async () => ({ default: (await import('../features/tenancy/InvitationPage')).InvitationPage }));
const NotFoundPage = lazy(async () => ({ default: (await import('./NotFoundPage')).NotFoundPage }));

/** Signed out, every address leads to signing in and back to the same address after it. */
function SignedIn() {
  const session = useSession();
  const location = useLocation();
  if (session === null) {
    return <Navigate to="/sign-in" replace state={{ from: location.pathname + location.search }} />;
  }
  return (
    <Shell>
      <Broken at={location.pathname}>
        <Suspense fallback={<LoadingBlock height={320} />}>
          <Outlet />
        </Suspense>
      </Broken>
    </Shell>
  );
}

/** What is seen without the frame, signed in or not. */
function Before() {
  return <Suspense fallback={<LoadingBlock height={320} />}><Outlet /></Suspense>;
}

/** Another model or evaluation is another page: nothing that was read, or is read live, of one is shown under the other. */
function OfOne({ page: Page }: { page: ComponentType }) {
  const { id } = useParams();
  return <Page key={id} />;
}

export function Places() {
  return (
    <Routes>
      <Route path="/sign-in" element={<SignInPage />} />
      <Route element={<Before />}>
        <Route path="/sign-up" element={<SignUpPage />} />
        <Route path="/verify" element={<VerifyPage />} />
        <Route path="/forgotten" element={<ForgottenPage />} />
        <Route path="/reset" element={<ResetPage />} />
        <Route path="/invitation" element={<InvitationPage />} />
      </Route>
      <Route element={<SignedIn />}>
        <Route index element={<OverviewPage elsewhere={<SettingsPage />} />} />
        <Route path="models" element={<Navigate to="/" replace />} />
        <Route path="models/:id" element={<Navigate to="trust" replace relative="path" />} />
        <Route path="models/:id/:tab" element={<OfOne page={ModelPage} />} />
        <Route path="evaluations/:id" element={<OfOne page={EvaluationPage} />} />
        <Route path="alerts" element={<AlertsPage />} />
        <Route path="audit" element={<AuditPage />} />
        <Route path="welcome" element={<WelcomePage />} />
        <Route path="settings" element={<SettingsPage />} />
        <Route path="settings/organizations/:id" element={<Navigate to="general" replace relative="path" />} />
        <Route path="settings/organizations/:id/:tab" element={<OfOne page={OrganizationPage} />} />
        <Route path="settings/projects/:id" element={<Navigate to="general" replace relative="path" />} />
        <Route path="settings/projects/:id/:tab" element={<OfOne page={ProjectPage} />} />
        <Route path="profile" element={<Navigate to="name" replace relative="path" />} />
        <Route path="profile/:tab" element={<ProfilePage />} />
        <Route path="*" element={<NotFoundPage />} />
      </Route>
    </Routes>
  );
}
