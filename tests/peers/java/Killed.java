// Starts an emulator, prints a line, and waits to be killed.

public final class Killed {
    public static void main(String[] words) throws Exception {
        AcsEmulator.start();
        System.out.println("ready");
        Thread.currentThread().join();
    }
}
