"""Words on the screen: authored timings read, fitted to the sound as delivered, written as LRC; none is guessed."""
