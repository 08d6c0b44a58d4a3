import { AppShell, Drawer } from '@mantine/core';
import { useDisclosure, useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { createFileRoute, Outlet, redirect, useRouter } from '@tanstack/react-router';
import { LiveProvider } from '@/api/LiveProvider';
import { hasCode } from '@/api/problem';
import { meQuery } from '@/api/queries';
import { TestModeBanner } from '@/features/live/TestModeBanner';
import { forgetAllNotes } from '@/features/softphone/notes';
import { PhoneAnnouncement } from '@/features/softphone/PhoneAnnouncement';
import { PhoneProvider } from '@/features/softphone/PhoneProvider';
import { Softphone } from '@/features/softphone/Softphone';
import { Header } from './-shell/Header';
import { Nav } from './-shell/Nav';
import { PageAnnouncement } from './-shell/PageAnnouncement';
import { Palette } from './-shell/Palette';

export const Route = createFileRoute('/_app')({
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      if (!hasCode(error, 'not_signed_in')) throw error;
      forgetAllNotes();
      throw redirect({ to: '/login', search: { next: location.href } });
    }
  },
  component: Shell,
});

function Shell() {
  const router = useRouter();
  const toLogin = () => {
    forgetAllNotes();
    void router.navigate({ to: '/login', search: { next: router.state.location.href } });
  };
  return (
    <LiveProvider onEnded={toLogin}>
      <PhoneProvider>
        <Frame />
      </PhoneProvider>
    </LiveProvider>
  );
}

function Frame() {
  const { data: me } = useQuery(meQuery);
  const [navOpen, nav] = useDisclosure(false);
  const [phoneOpen, phone] = useDisclosure(false);
  const wide = useMediaQuery('(min-width: 62em)', true, { getInitialValueInEffect: false });
  const isAgent = me?.agent != null;
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 232, breakpoint: 'sm', collapsed: { mobile: !navOpen } }}
      aside={{ width: 320, breakpoint: 'md', collapsed: { desktop: !isAgent, mobile: true } }}
      padding={{ base: 'sm', sm: 'lg' }}
    >
      <a className="skip" href="#main">
        Skip to content
      </a>
      <AppShell.Header>
        <Header navOpen={navOpen} onNav={nav.toggle} showPill={isAgent && !wide} onPhone={phone.open} />
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label="Main">
        <Nav onGo={nav.close} />
      </AppShell.Navbar>
      {isAgent && wide && (
        <AppShell.Aside aria-label="Phone">
          <Softphone />
        </AppShell.Aside>
      )}
      {isAgent && !wide && (
        <Drawer
          opened={phoneOpen}
          onClose={phone.close}
          position="right"
          size={340}
          padding={0}
          keepMounted
          title="Phone"
          styles={{ header: { padding: '8px 16px', minHeight: 0 } }}
          closeButtonProps={{ 'aria-label': 'Close the phone' }}
        >
          <Softphone />
        </Drawer>
      )}
      <AppShell.Main id="main" tabIndex={-1}>
        <TestModeBanner />
        <Outlet />
      </AppShell.Main>
      <PageAnnouncement />
      {isAgent && <PhoneAnnouncement />}
      <Palette />
    </AppShell>
  );
}
