import { useParams } from 'react-router';
import { OnlyNow } from '../components/OnlyNow';
import { paths } from '../components/paths';
import { useTitle } from '../components/useTitle';
import { useSession } from '../lib/session';
import { ChosenTab } from './ChosenTab';
import { SettingsFrame } from './SettingsFrame';
import { PROFILE_TABS } from './settingsTabs';

/** The reader's own account. */
export function ProfilePage() {
  const { tab = 'name' } = useParams();
  const session = useSession();
  useTitle('Your account');
  return (
    <OnlyNow title="Your account is shown as it is now">
      <SettingsFrame
        title={session?.name ?? 'Your account'}
        sentence={session?.email ? `You sign in with ${session.email}.` : 'You are signed in.'}
        label="Parts of your account"
        tabs={PROFILE_TABS.map(({ name, label }) => ({ name, to: paths.profile(name), label }))}
        chosen={tab}
      >
        <ChosenTab tabs={PROFILE_TABS} tab={tab} permissions={[]} of={{}} />
      </SettingsFrame>
    </OnlyNow>
  );
}
