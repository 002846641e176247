import SplitpipeCore
import Testing

@Suite struct `Addresses as they are shown` {
  @Test(arguments: [
    ("rtsp://admin:p4ss@10.0.0.7:554/live", "rtsp://***@10.0.0.7:554/live"),
    ("rtsp://admin:p@ss/w#rd@cam/live/1", "rtsp://***@cam/live/1"),
    ("http://u@h", "http://***@h"),
    ("https://h/a.m3u8?token=abc&x=1", "https://h/a.m3u8?token=***&x=1"),
    ("https://h/a?X=1&X-Amz-Signature=ab%2F&y", "https://h/a?X=1&X-Amz-Signature=***&y"),
    ("https://h/a;apiKey=1;q=2#access_token=3", "https://h/a;apiKey=***;q=2#access_token=***"),
    ("rtsp://h:554/user=a_password=xyz_channel=1", "rtsp://h:554/user=a_password=***"),
    ("rtsp://h/cam?user=a&password=b", "rtsp://h/cam?user=a&password=***"),
    ("rtsp://admin:p w|d@cam/live", "rtsp://***@cam/live"),
    ("https://proxy/get?url=http://a:b@h/x", "https://proxy/get?url=http://***@h/x"),
  ])
  func `hold no credentials`(address: String, shown: String) {
    #expect(redacted(address) == shown)
  }

  @Test(arguments: [
    "", "a.mp4", "/photos/me@home/key=1.jpg", "C:\\a.mp4", "http://h/a.mp4?t=10",
    "http://[::1]:80/a",
    "http://h:8080/icon@2x.png", "rtsp://h/live#1", "file:///a/b.mp4", "://", "a://", ":", "::///",
  ])
  func `are themselves where they hold none`(address: String) {
    #expect(redacted(address) == address)
  }
}
