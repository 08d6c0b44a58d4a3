import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type Native = Omit<ComponentPropsWithRef<'a'>, 'href' | 'color' | 'style'>;

function LinkAnchor(props: AnchorProps & Native) {
  return <Anchor {...props} />;
}

function LinkButton(props: ButtonProps & Native) {
  return <Button component="a" {...props} />;
}

/** A link to a page of ours, checked against the routes. */
export const PageLink = createLink(LinkAnchor);

/** A button that goes to a page of ours, checked against the routes. */
export const PageButton = createLink(LinkButton);
