// Standard input and output through a proxy, by QTcpSocket of Qt.
//
//     qt_client PROXY_PORT HOST PORT [USER PASSWORD]

#include <unistd.h>
#include <QCoreApplication>
#include <QNetworkProxy>
#include <QSocketNotifier>
#include <QTcpSocket>
#include <cstdio>

int main(int count, char** words) {
    QCoreApplication application(count, words);
    const auto word = [&](int i) { return i < count ? QString::fromLocal8Bit(words[i]) : QString(); };
    QTcpSocket s;
    s.setProxy({QNetworkProxy::Socks5Proxy, "127.0.0.1", word(1).toUShort(), word(4), word(5)});
    QSocketNotifier input(0, QSocketNotifier::Read);
    input.setEnabled(false);
    QObject::connect(&s, &QTcpSocket::connected, [&] { input.setEnabled(true); });
    QObject::connect(&input, &QSocketNotifier::activated, [&] {
        char bytes[65536];
        const auto n = ::read(0, bytes, sizeof bytes);
        if (n > 0)
            s.write(bytes, n);
        else
            input.setEnabled(false);
    });
    QObject::connect(&s, &QTcpSocket::readyRead, [&] {
        const QByteArray bytes = s.readAll();
        std::fwrite(bytes.data(), 1, static_cast<size_t>(bytes.size()), stdout);
        std::fflush(stdout);
    });
    QObject::connect(&s, &QTcpSocket::errorOccurred, [&](QAbstractSocket::SocketError error) {
        if (error == QAbstractSocket::RemoteHostClosedError && s.bytesAvailable() == 0)
            return application.exit(0);
        std::fprintf(stderr, "%s\n", s.errorString().toLocal8Bit().data());
        application.exit(1);
    });
    s.connectToHost(word(2), word(3).toUShort());
    return application.exec();
}
