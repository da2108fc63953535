/* Proposal Desk, desk pages: keys, selection, preview. */
